"""rxeryph: the long-running operations of an eryph server as typed reactivex observables."""
