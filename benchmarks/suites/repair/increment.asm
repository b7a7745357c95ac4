  read 1 2
loop:
  jump 2 end
  inc 1 1
  read 1 3
  inc 3 3
  write 1 3
  dec 2 2
  jump 4 loop
end:
  halt
