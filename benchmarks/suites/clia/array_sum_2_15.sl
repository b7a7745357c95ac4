; The first sum of neighbours that is above 15; 0 if none is.
(set-logic LIA)
(synth-fun total ((x1 Int) (x2 Int)) Int)
(declare-var x1 Int)
(declare-var x2 Int)
(constraint (=> (> (+ x1 x2) 15) (= (total x1 x2) (+ x1 x2))))
(constraint (=> (<= (+ x1 x2) 15) (= (total x1 x2) 0)))
(check-synth)
