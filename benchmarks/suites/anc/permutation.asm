find:
  read 1 2
  jump 2 found
  inc 1 1
  jump 3 find
found:        ; 1 holds the address before the array's
loop:
  read 4 2
  jump 2 end
  add 2 1 2
  read 2 2
  write 4 2
  inc 4 4
  jump 3 loop
end:
  halt
