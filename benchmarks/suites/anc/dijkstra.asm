  read 1 2    ; the distances
  dec 1 3     ; infinity
  move 2 4
table:
  inc 5 5
  read 5 6
  jump 6 ready
  write 4 3
  inc 4 4
  inc 4 4     ; at last, behind the distances
  jump 1 table
ready:
  write 2 1
choose:       ; the nearest node that is not done
  move 3 7    ; its distance
  move 2 8
  zero 9
scan:
  sub 8 4 6
  jump 6 scanned
  inc 9 9
  inc 8 5
  read 5 6
  jump 6 open
  jump 1 next
open:
  read 8 6
  max 6 7 10
  sub 10 6 10
  jump 10 next
  move 6 7
  move 5 11   ; where it is marked as done
  move 9 12   ; its number
next:
  inc 5 8
  jump 1 scan
scanned:
  sub 3 7 6
  jump 6 end
  write 11 3
  read 12 13
edge:         ; what it leads to may be nearer through it
  read 13 6
  jump 6 choose
  inc 13 13
  read 13 14
  inc 13 13
  add 14 7 14
  dec 6 6
  add 6 6 6
  add 6 2 6
  read 6 8
  min 8 14 14
  write 6 14
  jump 1 edge
end:
  halt
