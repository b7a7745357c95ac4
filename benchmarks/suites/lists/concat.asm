first:
  read 1 2
  jump 2 found
  inc 1 1
  jump 6 first
found:
  inc 1 3
second:
  read 3 2
  write 1 2  ; the terminator, too
  jump 2 end
  inc 1 1
  inc 3 3
  jump 6 second
end:
