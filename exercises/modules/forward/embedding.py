out = table[tokens]
later = table[tokens_later]
