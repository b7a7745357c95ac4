loop:
  read 1 2
  jump 2 end
  max 2 3 3
  inc 1 1
  jump 4 loop
end:
  write 1 3
  halt
