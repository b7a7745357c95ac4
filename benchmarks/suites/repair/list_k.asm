  read 1 2
  inc 1 3
loop:
  jump 2 found
  inc 3 3
  dec 2 2
  jump 1 loop
found:
  read 3 4
  write 1 4
  halt
