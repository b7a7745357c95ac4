  read 1 2    ; p
  inc 3 3
  read 3 4    ; q
  inc 3 3     ; A begins at 2
  add 2 3 2
  add 4 3 4
  read 2 1
  read 4 3
  write 2 3
  write 4 1
  halt
