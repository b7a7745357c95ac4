; takes 2 off until 0 or 1 is left; registers 1 and 3 stay 0
  read 1 2
loop:
  jump 2 even
  dec 2 2
  jump 2 odd
  dec 2 2
  jump 3 loop
even:
  write 1 2
  halt
odd:
  inc 2 2
  write 1 2
  halt
