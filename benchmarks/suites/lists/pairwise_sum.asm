  read 1 2
loop:
  inc 1 1
  read 1 3
  jump 3 end
  read 2 4
  add 3 4 3
  write 1 3
  inc 2 2
  jump 6 loop
end:
