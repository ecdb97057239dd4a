# Says when it is ready, counts interrupts, and ends some time after the first.
got=0
trap "echo got; got=1" INT
echo > ready
for i in {1..600}; do sleep 0.05; [ $got = 1 ] && break; done
for i in {1..10}; do sleep 0.05; done
echo > over
exit 3
