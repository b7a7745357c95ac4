  read 1 2    ; where to write
  inc 1 1
loop:
  read 1 3
  jump 3 end
  write 2 3
  inc 1 1
  inc 2 2
  jump 4 loop
end:
  halt
