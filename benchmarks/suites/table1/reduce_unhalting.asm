; the paper's Listing 1, middle
  inc 4 4
  inc 4 4
sum_loop:
  read 3 2
  add 1 2 1
  inc 3 3
  max 3 4 5
  sub 4 5 5
  jump 5 sum_loop
  write 3 1
