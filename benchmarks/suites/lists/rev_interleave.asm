  read 1 2
loop:
  inc 1 1
  read 1 3
  jump 3 end
  dec 4 4
  write 4 3
  read 2 3
  dec 4 4
  write 4 3
  inc 2 2
  jump 6 loop
end:
