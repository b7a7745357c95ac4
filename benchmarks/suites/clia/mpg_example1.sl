; One of two weighted sums.
(set-logic LIA)
(synth-fun f ((x Int) (y Int)) Int)
(declare-var x Int)
(declare-var y Int)
(constraint (= (f x y)
  (ite (>= x 5) (+ (* 5 x) (* 3 y) 17) (+ (* 3 x) 1))))
(check-synth)
