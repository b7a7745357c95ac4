  read 1 4
loop:
  inc 1 1
  read 1 2
  jump 2 end
  sub 2 4 2
  jump 2 here
  jump 6 loop
here:
  move 1 3
  jump 6 loop
end:
  write 6 3
