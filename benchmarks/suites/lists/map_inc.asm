loop:
  read 1 2
  jump 2 end
  inc 2 2
  write 1 2
  inc 1 1
  jump 6 loop
end:
