import Foundation

let queue = DispatchQueue(label: "bank.own")

func total() -> Int { queue.sync { 1 } }

func report() { queue.sync { print(total()) } }

report()
