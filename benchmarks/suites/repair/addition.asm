  read 1 2
  inc 3 3
  read 3 4
  zero 3
loop:
  jump 4 end
  inc 2 2
  dec 4 4
  jump 3 loop
end:
  write 1 2
  halt
