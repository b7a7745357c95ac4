; registers 2 and 3 hold the two cells before the one that register 1 points at
  read 1 2
  inc 1 1
loop:
  read 1 3
  inc 1 1
  jump 1 end  ; round the memory: done
  add 2 3 4
  write 1 4
  move 3 2
  jump 6 loop
end:
  halt
