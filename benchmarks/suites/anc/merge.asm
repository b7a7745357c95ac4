  read 1 2    ; the first list
  inc 1 1
  read 1 3    ; the second
  inc 1 1
  read 1 4    ; where to write
loop:
  read 2 5
  read 3 6
  max 5 6 7
  jump 7 end
  write 4 7
  inc 4 4
  sub 7 5 7
  jump 7 first
  inc 3 3
  jump 8 loop
first:
  inc 2 2
  jump 8 loop
end:
  write 4 7
  halt
