import Foundation

let first = DispatchQueue(label: "bank.first")
let second = DispatchQueue(label: "bank.second")
let group = DispatchGroup()
first.async(group: group) {
  usleep(200_000)
  second.sync {}
}
second.async(group: group) {
  usleep(200_000)
  first.sync {}
}
group.wait()
