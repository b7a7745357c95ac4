loop:
  read 1 2
  jump 2 end
  dec 3 3
  write 3 2
  inc 1 1
  jump 4 loop
end:
  halt
