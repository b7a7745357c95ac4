; register 1 walks along the list, register 2 holds the sum so far, register 4 stays 0
loop:
  read 1 3
  jump 3 end
  add 2 3 2
  inc 1 1
  jump 4 loop
end:
  write 1 2
  halt
