  read 1 3
loop:
  inc 1 1
  read 1 2
  jump 2 end
  write 3 2
  inc 3 3
  write 3 2
  inc 3 3
  jump 6 loop
end:
