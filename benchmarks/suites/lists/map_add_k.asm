  read 1 4
loop:
  inc 1 1
  read 1 2
  jump 2 end
  add 2 4 2
  write 1 2
  jump 6 loop
end:
