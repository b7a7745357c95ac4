  read 1 2    ; the root
  inc 1 1
  read 1 3    ; where to write
loop:
  inc 1 1
  read 1 4    ; a direction
  jump 4 end
  add 2 4 2
  read 2 2
  jump 5 loop
end:
  read 2 2
  write 3 2
  halt
