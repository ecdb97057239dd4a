// Locks and the like that are variables, passed by reference; and variables that are really changed so.
import Foundation

nonisolated(unsafe) var mutex = pthread_mutex_t()
nonisolated(unsafe) var condition = pthread_cond_t()
nonisolated(unsafe) var isReady = false

/// Items are put in by one thread and taken out by another.
final class Box: @unchecked Sendable {
  private var mutex = pthread_mutex_t()
  private var filled = pthread_cond_t()
  private var tokens = sem_t()
  private(set) var count = 0

  init() {
    pthread_mutex_init(&mutex, nil)
    pthread_cond_init(&filled, nil)
    sem_init(&tokens, 0, 0)
  }

  func put() {
    pthread_mutex_lock(&mutex)
    count += 1
    pthread_cond_signal(&filled)
    pthread_mutex_unlock(&mutex)
    sem_post(&tokens)
  }

  func take() {
    pthread_mutex_lock(&mutex)
    while count == 0 { pthread_cond_wait(&filled, &mutex) }
    count -= 1
    pthread_mutex_unlock(&mutex)
    sem_wait(&tokens)
  }
}

func locks() {
  let box = Box()
  DispatchQueue.concurrentPerform(iterations: 2) { index in
    if index == 0 {
      box.put()
      pthread_mutex_lock(&mutex)
      isReady = true
      pthread_cond_broadcast(&condition)
      pthread_mutex_unlock(&mutex)
    } else {
      box.take()
      pthread_mutex_lock(&mutex)
      while !isReady { pthread_cond_wait(&condition, &mutex) }
      pthread_mutex_unlock(&mutex)
    }
  }
  print(box.count)
}

nonisolated(unsafe) var left = [1]
nonisolated(unsafe) var right = [2]

func swaps() {
  DispatchQueue.concurrentPerform(iterations: 2) { _ in swap(&left, &right) }
}

switch CommandLine.arguments[1] {
case "locks": locks()
case "swaps": swaps()
default: exit(2)
}
