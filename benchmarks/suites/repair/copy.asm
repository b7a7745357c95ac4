  inc 3 3
  add 3 3 4
  add 4 3 3
  add 3 3 3
loop:
  read 1 2
  jump 2 end
  write 3 2
  inc 1 1
  inc 3 3
  jump 5 loop
end:
  halt
