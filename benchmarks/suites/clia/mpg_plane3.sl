; A weighted sum.
(set-logic LIA)
(synth-fun f ((x Int) (y Int) (z Int)) Int)
(declare-var x Int)
(declare-var y Int)
(declare-var z Int)
(constraint (= (f x y z)
  (+ (* 5 x) (* 5 y) 5)))
(check-synth)
