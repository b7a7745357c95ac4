; the paper's Listing 1, left
map_loop:
  read 1 2
  inc 2 2
  write 1 2
  inc 1 1
  jump 3 map_loop
