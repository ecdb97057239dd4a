# Counts interrupts, and ends after two seconds.
trap "echo got" INT
for i in {1..40}; do sleep 0.05; done
exit 3
