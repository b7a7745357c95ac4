  read 1 4
loop:
  inc 1 1
  read 1 2
  jump 2 end
  max 2 4 3
  sub 3 4 3  ; 0 unless the element is above k
  jump 3 loop
  inc 5 5
end:
  write 6 5
