import Accounts

let account = Account()
account.deposit(startingBalance)
account.depositInC(startingBalance)
print(account.balance, account.balanceInC)
