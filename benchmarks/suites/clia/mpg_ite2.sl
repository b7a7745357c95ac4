; One of three numbers, and 1 more.
(set-logic LIA)
(synth-fun f ((x Int) (y Int) (z Int)) Int)
(declare-var x Int)
(declare-var y Int)
(declare-var z Int)
(constraint (= (f x y z)
  (+ 1 (ite (>= (+ x y) 1) (ite (>= (+ x z) 1) x y) (ite (>= (+ y z) 1) z y)))))
(check-synth)
