  inc 6 6     ; sorted, until two elements had to be exchanged
loop:
  read 1 2
  inc 1 1
  read 1 3
  jump 3 last
  min 2 3 4
  sub 2 4 4
  jump 4 loop
  write 1 2
  dec 1 1
  write 1 3
  inc 1 1
  zero 6
  jump 5 loop
last:
  jump 6 again
  halt
again:
  zero 1
  inc 6 6
  jump 5 loop
