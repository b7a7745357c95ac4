  inc 1 1
  read 1 2    ; k
  inc 1 1
  read 1 3    ; where to write
loop:
  read 4 4    ; first the list's address, which is in cell 0
  dec 2 2
  jump 2 end
  jump 5 loop
end:
  inc 4 4
  read 4 4
  write 3 4
  halt
