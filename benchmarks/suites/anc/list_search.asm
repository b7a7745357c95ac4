  inc 1 1
  read 1 2    ; the value
  inc 1 1
  read 1 3    ; where to write
loop:
  read 4 4    ; first the list's address, which is in cell 0
  inc 4 5
  read 5 5
  sub 5 2 5
  jump 5 end
  jump 6 loop
end:
  write 3 4
  halt
