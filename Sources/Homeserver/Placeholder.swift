import Hummingbird
import HashTreeCollections
import Crypto
import CArgon2
