  read 1 2
  inc 2 2
  read 2 3
  write 1 3
