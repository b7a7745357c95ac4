; The greatest of 2 numbers.
(set-logic LIA)
(synth-fun max2 ((x1 Int) (x2 Int)) Int)
(declare-var x1 Int)
(declare-var x2 Int)
(constraint (>= (max2 x1 x2) x1))
(constraint (>= (max2 x1 x2) x2))
(constraint (or (= (max2 x1 x2) x1) (= (max2 x1 x2) x2)))
(check-synth)
