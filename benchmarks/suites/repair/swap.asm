  read 1 2
  inc 1 1
  read 1 3
  read 2 4
  read 3 5
  write 2 5
  write 3 4
  halt
