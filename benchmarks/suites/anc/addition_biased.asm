  read 1 2
  inc 3 3
  read 3 3
loop:
  jump 3 end
  inc 2 2
  dec 3 3
  jump 1 loop
end:
  write 1 2
  halt
