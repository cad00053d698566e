function first(a) {
  console.log('first', a);
  const x = ;
  console.log('still first');
}

function second( {
  console.log('second');
}

function third() {
  if (a { console.log('third'); }
  console.log('end of third')
}

console.log('fourth' + );
