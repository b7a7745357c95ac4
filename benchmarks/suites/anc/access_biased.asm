  read 1 2    ; k
  inc 2 2
  read 2 2    ; A[k]
  write 1 2
  halt
