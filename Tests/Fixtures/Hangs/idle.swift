import Foundation

let semaphore = DispatchSemaphore(value: 0)
let group = DispatchGroup()
for _ in 0..<8 { DispatchQueue.global().async(group: group) { usleep(1000) } }
group.wait()
DispatchQueue.global().async(group: group) { semaphore.wait() }
group.wait()
