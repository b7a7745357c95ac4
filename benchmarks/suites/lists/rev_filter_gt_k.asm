  read 1 4
loop:
  inc 1 1
  read 1 2
  jump 2 end
  max 2 4 3
  sub 3 4 3  ; 0 unless the element is above k
  jump 3 loop
  dec 5 5
  write 5 2
  jump 6 loop
end:
