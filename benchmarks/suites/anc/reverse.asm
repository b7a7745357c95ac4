  read 1 2    ; where to write
  move 2 3
loop:
  dec 3 3
  jump 3 end
  read 3 4
  write 2 4
  inc 2 2
  jump 1 loop
end:
  halt
