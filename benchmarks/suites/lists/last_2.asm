loop:
  read 1 2
  jump 2 end
  inc 1 1
  jump 6 loop
end:
  dec 1 1
  read 1 3
  dec 1 1
  read 1 4
  write 6 4
  inc 5 5
  write 5 3
