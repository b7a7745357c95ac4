  read 1 2
  inc 2 2
  write 1 2
  halt
