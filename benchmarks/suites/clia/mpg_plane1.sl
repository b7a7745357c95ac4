; A sum.
(set-logic LIA)
(synth-fun f ((x Int) (y Int) (z Int)) Int)
(declare-var x Int)
(declare-var y Int)
(declare-var z Int)
(constraint (= (f x y z)
  (+ x y)))
(check-synth)
