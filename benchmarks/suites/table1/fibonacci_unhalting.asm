; the paper's Listing 1, right
  inc 2 2
fib_loop:
  write 3 2
  add 1 2 2
  read 3 1
  write 3 2
  inc 3 3
  jump 4 fib_loop
